// SPDX-License-Identifier: Apache-2.0
// What is written elsewhere so that an application asks this server. Pure, so that it is tested without a browser.

export interface OidcFacts {
    issuer: string;
    clientId: string;
    /** Where it was just made; undefined: the application has it, or needs none. */
    secret?: string | undefined;
}

export const discoveryUrl = (issuer: string): string => `${issuer}/.well-known/openid-configuration`;

export function oidcEnv({ issuer, clientId, secret }: OidcFacts): string {
    const lines = [
        `OIDC_ISSUER=${issuer}`,
        `OIDC_DISCOVERY_URL=${discoveryUrl(issuer)}`,
        `OIDC_CLIENT_ID=${clientId}`,
        ...(secret ? [`OIDC_CLIENT_SECRET=${secret}`] : []),
        'OIDC_SCOPES="openid profile email groups"',
    ];
    return lines.join('\n');
}

/** The site of Caddy; `server` is where the proxy reaches this server, host and port. */
export function caddySite(host: string, server: string): string {
    return `${host} {
    handle /.seneschal/* {
        reverse_proxy ${server}
    }
    handle {
        request_header -X-Forwarded-User
        forward_auth ${server} {
            uri /forward-auth
            copy_headers Remote-User Remote-Email Remote-Name Remote-Groups Seneschal-Device
        }
        reverse_proxy 127.0.0.1:3000
    }
}`;
}

export function nginxSite(host: string, server: string): string {
    const headers = ['user', 'email', 'name', 'groups'];
    const taken = headers.map((name) => `        auth_request_set $remote_${name}_ $upstream_http_remote_${name};`);
    const given = headers.map(
        (name) => `        proxy_set_header Remote-${name[0]?.toUpperCase()}${name.slice(1)} $remote_${name}_;`,
    );
    return `server {
    listen 443 ssl;
    server_name ${host};

    location /.seneschal/ {
        proxy_pass http://${server};
        proxy_redirect off;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
    }
    location = /.seneschal/auth {
        internal;
        proxy_pass http://${server}/forward-auth/nginx;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Uri $request_uri;
        proxy_set_header X-Forwarded-Method $request_method;
    }
    location / {
        auth_request /.seneschal/auth;
        auth_request_set $signin $upstream_http_location;
${taken.join('\n')}
        error_page 401 = @signin;
        proxy_pass http://127.0.0.1:3000;
        proxy_set_header Host $host;
${given.join('\n')}
        proxy_set_header X-Forwarded-User "";
    }
    location @signin {
        if ($signin = "") {
            return 401;
        }
        return 302 $signin;
    }
}`;
}
